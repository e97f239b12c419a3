"""How contrast agent is spoken of, language by language: data for `wording.py`.

Words are separated by spaces; `_` joins a phrase, `*` stands for any ending. Accents and case do
not matter. Roles:

- ``agent``: what is given, in the words of consoles and reports;
- ``without``, ``with``: stand before the agent ("ohne KM", "after contrast");
- ``without_after``, ``with_after``: stand after it ("kontrast öncesi", "造影前");
- ``plain``, ``enhanced``: say it alone ("nativ", "postcontrast");
- ``none``, ``given``: the whole answer, as typed into the element for the agent.
"""

# ruff: noqa: RUF001, E501 (letters of other alphabets are meant, and count double in a line)
from __future__ import annotations

LANGUAGES: dict[str, dict[str, str]] = {
    "codes": {
        "agent": "gd gad gado* gbca km kl gk ce dtpa gd_dtpa cm ivc ivcm cmedia",
        "without_after": "minus neg negative free",
        "with_after": "plus + pos positive",
        "enhanced": "postgd postgad* postkm postce cemr ge3d_ce ce_mr t1ce t1c t1gd t1km t1gad*",
        "plain": "pregd pregad* prekm nc",
        "none": "0 n none nil na n_a wo minus false",
        "given": "y 1 true x plus +",
    },
    "brands": {
        "agent": """
            gadovist* gadavist* gadobut* magnevist* dotarem* clariscan* prohance* multihance*
            omniscan* optimark* primovist* eovist* elucirem* vueway* ablavar vasovist* magnegita*
            artirem* cyclolux* dotagraf* dotavision* dotaspin* magnescope* feraheme ferumox*
            gadoter* gadotera* gadopent* gadodi* gadoben* gadoxet* gadopic* magnograf* pixxoscan
            dota gdbopta gd_bopta bopta hp_do3a гадовист* магневист* дотарем* омнискан* прохенс*
            мультиханс* клярискан* ガドビスト ガドテル マグネスコープ プロハンス オムニスキャン
            マグネビスト ガドリニウム ガドブトロール 가도비스트 가돌리늄 도타렘 钆 釓 加乐显
            马根维显 欧乃影 多它灵
        """,
    },
    "English": {
        "agent": "contr contrast* enhance* inj injection injected infusion dye bolus_agent gadolin*",
        "without": "without wo no non not pre before minus lacking absent",
        "with": "with w post after following plus +",
        "without_after": "free withheld refused none no not_given not_administered not_used pre",
        "with_after": "given administered post yes",
        "plain": """
            precon precontrast* pregadolin* preinj* precont* nonenh* noncontrast* nonenhanced
            noncon unenh* uncontrast* plain native noninj* contrastless
        """,
        "enhanced": "postcon* postcontrast* postinj* postgadolin* enh enhd contrasted ce_t1 cet1",
        "none": """
            not_given not_used not_administered no none not nil given used administered applicable without non noncontrast nothing
            unenhanced plain negative withheld refused declined saline nacl
        """,
        "given": "yes administered",
    },
    "German": {
        "agent": "kontrast* kontrastmittel* gadolinium kmgabe km_gabe",
        "without": "ohne vor kein keine keinem vorm nicht pra",
        "with": "mit nach m",
        "without_after": "frei vorher nein keins",
        "with_after": "nachher gegeben",
        "plain": "nativ native natives kontrastfrei kontrastlos kontrastmittelfrei prakontrast*",
        "enhanced": "postkontrast* kontrastverstarkt* kontrastiert* kmverstarkt*",
        "none": "nein kein keine keins ohne nativ nichts",
        "given": "ja gegeben",
    },
    "French": {
        "agent": "contraste injection inject* gadolinium pdc produit iv",
        "without": "sans avant non pas aucun aucune ss",
        "with": "avec apres post",
        "plain": "nonj nonjecte noninj* sansinj* sansgado* spontane* natif native preinjection",
        "enhanced": "postinjection* apresinj* apresgado* avecgado*",
        "none": "non sans aucun aucune neant rien",
        "given": "oui",
    },
    "Spanish": {
        "agent": "contraste gadolinio civ contrast",
        "without": "sin antes pre no previo previa",
        "with": "con post tras despues pos",
        "plain": "simple simples precontraste basal sincontraste",
        "enhanced": "contrastado contrastada contrastados contrastadas poscontraste postcontraste",
        "none": "no sin ninguno ninguna nada",
        "given": "si",
    },
    "Portuguese": {
        "agent": "contraste gadolinio",
        "without": "sem antes pre nao",
        "with": "com apos pos depois",
        "plain": "semcontraste precontraste",
        "enhanced": "poscontraste comcontraste contrastada contrastado poscontr*",
        "none": "nao nenhum sem nada",
        "given": "sim",
    },
    "Italian": {
        "agent": "mdc m_d_c contrasto contrastografia gadolinio mezzo_di_contrasto md_c mezzo",
        "without": "senza prima pre non",
        "with": "con dopo post",
        "plain": "basale basali premdc precontrasto diretta senzamdc",
        "enhanced": "postmdc dopomdc postcontrasto contrastografico contrastografica conmdc",
        "none": "no nessuno nessun senza niente",
        "given": "si",
    },
    "Indonesian": {
        "agent": "kontras",
        "without": "tanpa sebelum",
        "with": "dengan setelah sesudah",
    },
    "Vietnamese": {
        "plain": "truoc_tiem khong_tiem",
        "enhanced": "sau_tiem co_tiem",
    },
    "Estonian": {
        "plain": "kontrastaineta",
        "enhanced": "kontrastainega",
    },
    "Lithuanian": {
        "plain": "be_kontrasto",
        "enhanced": "su_kontrastu",
    },
    "Catalan": {
        "without": "sense abans",
        "with": "amb despres",
    },
    "Dutch": {
        "agent": "contrast contrastmiddel contrastvloeistof gadolinium",
        "without": "zonder voor geen niet",
        "with": "met na",
        "plain": "blanco contrastloos contrastvrij",
        "enhanced": "nacontrast metcontrast",
        "none": "nee geen zonder niets blanco",
        "given": "ja",
    },
    "Swedish": {
        "agent": "kontrast* gadolinium",
        "without": "utan fore innan ej inte ingen u",
        "with": "med efter m",
        "plain": "kontrastfri kontrastlos okontrasterad nativ",
        "enhanced": "kontrastforstarkt kontrastladdad",
        "none": "nej ej ingen inget utan inte",
        "given": "ja",
    },
    "Danish and Norwegian": {
        "agent": "kontrast*",
        "without": "uden uten foer forr ingen ikke foer for",
        "with": "med efter etter m",
        "plain": "kontrastfri nativ",
        "none": "nej nei ingen intet uden uten",
        "given": "ja",
    },
    "Finnish": {
        "agent": "varjoaine* tehoste* kontrast*",
        "without": "ilman ennen ei",
        "without_after": "ennen puuttuu",
        "with": "kanssa",
        "with_after": "kanssa jalkeen",
        "plain": "natiivi* tehostamaton tehostamattomat",
        "enhanced": "tehostettu tehostetut tehosteella",
        "none": "ei ilman",
        "given": "kylla",
    },
    "Polish": {
        "agent": "kontr kontrast* kontrasc* srodk* srodek_kontrastowy gadolin*",
        "without": "bez przed",
        "with": "z ze po",
        "plain": "bezkontrast* natywn* przedkontrast*",
        "enhanced": "pokontrast* zkontrast* wzmocnienie wzmocnieni*",
        "none": "brak nie bez zaden",
        "given": "tak",
    },
    "Czech, Slovak, Slovenian, Croatian": {
        "agent": "kontrast* kontrastni_latk* latk* k_l",
        "without": "bez pred prije brez",
        "with": "s so po z nakon sa",
        "plain": "nativn* nativni nativne prekontrast* bezkontrast*",
        "enhanced": "postkontrast*",
        "none": "ne nie zadny zadna ziadny nic bez",
        "given": "ano da",
    },
    "Hungarian": {
        "agent": "kontraszt* kontrasztanyag* ka",
        "without": "nem",
        "without_after": "nelkul elott",
        "with_after": "utan adasa",
        "plain": "nativ kontrasztmentes",
        "enhanced": "kontrasztos posztkontraszt* kontraszthalmozas* kontrasztanyaggal",
        "none": "nincs nem",
        "given": "igen",
    },
    "Romanian": {
        "agent": "contrast* substanta sdc gadolin*",
        "without": "fara inainte inaintea",
        "with": "cu dupa",
        "plain": "nativ* ",
        "none": "nu fara",
        "given": "da",
    },
    "Turkish": {
        "agent": "kontrast* kontrasti ivkm opak",
        "without": "oncesi",
        "without_after": "oncesi once yok olmadan verilmeden haric siz",
        "with_after": "sonrasi sonra ile verildi var",
        "plain": "kontrastsiz* prekontrast*",
        "enhanced": "kontrastli* postkontrast*",
        "none": "yok hayir kontrastsiz",
        "given": "var evet",
    },
    "Russian and Ukrainian": {
        "agent": "контраст* ку кв гадолин* усилен* кс",
        "without": "без до перед не",
        "with": "с со после по з після",
        "without_after": "нет не отсутствует",
        "plain": "натив* бесконтраст* неконтраст* безконтраст* доконтраст* преконтраст*",
        "enhanced": "постконтраст* послеконтраст*",
        "none": "нет не без ні немає",
        "given": "да так",
    },
    "Greek": {
        "agent": "σκιαγραφικο* σκιαγραφικη* γαδολιν*",
        "without": "χωρις πριν ανευ",
        "with": "με μετα",
        "none": "οχι χωρις",
        "given": "ναι",
    },
    "Chinese": {
        "agent": "增强 增強 强化 強化 造影剂 造影劑 造影 对比剂 對比劑 顯影劑 对比 钆剂",
        "without": "非 未 无 無 不 没有 沒有 沒 没 免 未注射 不用 未打 不打 注射前",
        "with": "有 打 注射 注射后 注射後 使用 加 后 後",
        "without_after": "前 无 無 未",
        "with_after": "后 後 扫描 掃描 像 期",
        "plain": "平扫 平掃 普扫",
        "none": "无 無 否 没有 沒有 未用 不",
        "given": "是 有",
    },
    "Japanese": {
        "agent": "造影 造影剤 造影MRI ガド ｶﾞﾄﾞ",
        "without": "非 未 無",
        "with": "要",
        "without_after": "なし 無し ナシ 無 前 せず しない 不可 未実施 未使用",
        "with_after": "後 あり 有り 有 アリ 剤使用 実施",
        "plain": "単純 プレーン",
        "enhanced": "ポスト",
        "none": "なし 無し 無 ナシ 未使用 使用せず",
        "given": "あり 有り 有 アリ",
    },
    "Korean": {
        "agent": "조영제 조영증강 조영 증강",
        "without": "비 무 미",
        "without_after": "전 없이 없음 미사용 안함 무",
        "with_after": "후 사용 있음",
        "plain": "단순",
        "none": "없음 무 아니오 안함 미사용",
        "given": "있음 유 예",
    },
}

# Between the parts of a phrase: articles, prepositions, "i.v.", and what is done with the agent.
FILLERS = """
    iv i v i_v of the any use de du des d di da del della dell dello l la le les il lo el los las
    un una une em o a e der die das den dem het de i_v_ intravenous intraven* administration
    admin gabe applikation application media medium agent mittel middel latky srodka srodku
    podan* do mezzo produit produkt einer eines endoven* bolus aplicacion
    администрации введения введением внутривенн* ввода agente agent som og материал вещества al la madde maddesi maddeli
"""
CONJUNCTIONS = "and und et y e en i och og ve и та kai και a + plus or oder ou o en/of és es si ja"

# Known on consoles and silent about contrast agent: a word next to "contrast" that is neither
# here nor in `words.py` may be a denial in a language that nobody listed.
NEUTRAL = """
    ax axial axi axiale axiaal tra trans transv* transax* sag sagit* cor coro* koron* obl oblique
    para parallel sagg se tse fse fs fatsat fat sat sup suppr* gre ge ir tir tirm space spc cube
    vista brainview view mvox tfe ffe spgr fspgr mpr mprage mp2rage vibe lava bravo thrive dixon
    flex ideal water in opp w f iso isotrop* vol volume 3d 2d p2 p3 p4 grappa sense cs ss dl
    sonic propeller blade mvxd multivane radial star spir spair stir ir fl fl2d fl3d tfl t1 t1w
    t1wi t2 t2w pd flair mm slices thin thick hr hires high res resol* routine standard std
    brain head skull neuro cerebr* kopf hirn gehirn schadel hersenen hjerne hoved hode hjarna
    huvud cabeza cerebro craneo encefalo crane tete cranio testa cervello capo encef* mozg*
    glow* głow* beyin kafa kranial aivot hlava mozek koponya agy cap creier голов* мозг*
    orbit* sella hypoph* pituit* iac tumor tumour tumeur tumore tumoral onko* onco* mass post pre
    nav* stealth brainlab stereo* gamma planning control follow up kontroll* verlauf dyn delay*
    delayed late early spat früh fruh tardi* min sec repeat rep rpt wdh new neu nr no ref mt mtc
    magtrans reformat* recon rec rekon* mip sub image images bilder serie series sequence sequenz
    scan acq acquis* aquis* coupe* corte* schicht* coil nur only plus with of and und et und long
    short tr te ti flip dark bright blood black fluid supp dis2d dis3d norm nd filt deep resolve
    mri mr irm rm rmn mrt ml cc mmol mg kg wip uncorr corr ndc temporal frontal left right li re axt1 sagt1 cort1 whole full ganz
    аксиал* сагит* коронар* сагитт* взвеш* режим* срез* серия
"""
