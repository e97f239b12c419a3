"""What names and the contrast element say about contrast agent, in many languages."""

# ruff: noqa: RUF001, E501 (letters of other alphabets are meant, and count double in a line)
import pytest

from radnec.ingest.identification.agent import said_of_agent
from radnec.ingest.identification.contrast_tag import tag_reading
from radnec.ingest.identification.languages import read_languages
from radnec.ingest.identification.statements import CONTRAST, NO_CONTRAST, UNCLEAR
from radnec.ingest.identification.unread import unread

WITH = """AxT1Gad|T1 dopo mdc|t1_mprage_KM|T1 nach KM|AX T1 +C|T1 apres injection|T1 injecté|
T1 c/ contraste|T1 pós contraste|T1 na contrast|T1 efter kontrast|T1 etter kontrast|
T1 po kontraście|T1 z kontrastem|T1 с контрастом|T1 kontrastlı|T1 kontrast sonrası|T1 造影後|
T1增强|T1 조영증강|3D-T1-G|ceT1w|T1 W/ CONTRAST|T1 kontraszt után|T1 tehosteella|T1-Gd|GdT1|T1 IV+"""
WITHOUT = """T1 zonder contrast|T1 utan kontrast|T1 非造影|T1 senza mdc|T1 basale|T1 vor KM|T1 nativ|
T1 non injecté|T1 s/contraste|T1 sem contraste|T1 blanco|T1 uden kontrast|T1 uten kontrast|
T1 før kontrast|T1 bez kontrastu|T1 przed kontrastem|T1 без контраста|T1 kontrastsız|
T1 kontrast öncesi|T1 造影前|T1 単純|T1 造影なし|T1平扫|T1 未增强|T1 비조영|T1 조영제 없이|T1 WO CON|
T1 C-|T1 kontraszt nélkül|T1 fara contrast|T1 造影(-)|T1 IV-|T1 não contrastado|T1 SS INJ"""
BOTH = """T1 W/WO CONTRAST|T1 +/- C|AX T1 W&WO|ohne und mit KM|sin y con contraste|senza e con mdc|без и с контрастом|
before and after contrast|T1 pre/post Gd|bez i z kontrastem|增强前后"""
# A language that is in no table, and letters that were lost.
UNKNOWN = "T1 xyzzy kontrast|T1 kontrast hokus|T1 ????|T1 ללא ניגוד|T1 بدون تباين"
# Slips of the hand, and abbreviations with a full stop.
MISSPELT = """T1 AX CONTRSAT|T1 kontast|AX T1 W CONTRASTE|T1 Gadolinum|T1 AX +cont|T1 p.c."""
MISSPELT_WITHOUT = "T1 WITHOUT CONTRATS|T1 ohne Kontrats|T1 v. KM|T1 o. KM"
# Post what? A dose of what? What was added?
HALF_SAID = "T1 POST XYZZY|T1 10 ml|T1 0,1 mmol|T1 delayed|T1 IV|T1 +xyzzy"
# With, without or no belongs to what follows it, and not to the agent.
OF_THE_NEXT = "T1 GD NO FS|T1 W/O FATSAT +C|T1 SENSE GD|T1 NO MT GAD|AX T1 POST : Processed"
# Denied by an ending: Turkish, Estonian, Kazakh, Swedish; by one that no table has: unclear.
DENIED_BY_ENDING = "T1 kontrastsız|T1 kontrastita|T1 контрастсыз|T1 kontrastfri|T1 W/O|T1 NON-CON"
UNKNOWN_ENDING = "T1 kontrastxyz|T1 contrast refused|T1 KM abgelehnt|T1 POST CONTRAST?|T1 ?? GD"
SILENT = """t1_mprage_sag|T2 POST OP|AX T1 FSE|T1W_3D_TFE|T1 pre-op|T1 横轴位|T1 сагиттальная|
s/p resection T1|T1 CONTROL|T1 CONTRALATERAL|COR T1 fs|CEREBRO T1|T1 POST SURG|T1 post RT"""


def _lines(text):
    return [" ".join(line.split()) for line in text.replace("|\n", "|").split("|")]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        (name, said)
        for text, said in (
            (WITH, {CONTRAST}),
            (WITHOUT, {NO_CONTRAST}),
            (BOTH, {CONTRAST, NO_CONTRAST}),
            (UNKNOWN, {UNCLEAR}),
            (MISSPELT, {CONTRAST}),
            (MISSPELT_WITHOUT, {NO_CONTRAST}),
            (HALF_SAID, {UNCLEAR}),
            (OF_THE_NEXT, {CONTRAST}),
            (DENIED_BY_ENDING, {NO_CONTRAST}),
            (UNKNOWN_ENDING, {UNCLEAR}),
            (SILENT, set()),
        )
        for name in _lines(text)
    ],
)
def test_name(name, said):
    assert said_of_agent(name) == said


@pytest.mark.parametrize(
    ("text", "reading"),
    [
        (text, reading)
        for reading, texts in {
            "yes": "CONTRAST|IV CONTRAST|WITH CONTRAST|10 ml DOTAREM|Gd-DTPA|0.1 mmol/kg|oui|造影剤|"
            "gadoterate meglumine|Магневист",
            "no": "NONE|brak|yok|ninguno|aucun|nessuno|нет|なし|无|없음|NOT GIVEN|sans injection|0 ml|N/A",
            "": "unknown|unbekannt",
            "unclear": "hurma|xyz",
        }.items()
        for text in texts.split("|")
    ],
)
def test_text_of_the_contrast_element(text, reading):
    assert tag_reading(text) == reading


# Words that nobody listed, a preposition of nothing, an event and no injection.
UNREAD = """T1 qwertz|T1 teho|T1 PÓS|T1 после КП|T1 顯像後|AX T1 POST OP|T1 preop|T1 pós op|
T1 POST CHEMO|T1 mit|T1 með xyzzy"""
READ = """t1_mprage_sag_p2_iso|SAG T1 MPRAGE GRAPPA2|3D T1 TFE SENSE|T1 横轴位|T1 сагиттальная|
AX T1 W/ FS|T1 avec FS|AX T1 POSTERIOR FOSSA|T1 mit Fettsättigung|sag 3D FSPGR BRAVO straight|
T1 C9C1HN007|T1 nach KM|t1_se_tra_KM"""


@pytest.mark.parametrize("name", _lines(UNREAD))
def test_name_with_words_that_no_table_knows(name):
    assert unread(name)


@pytest.mark.parametrize("name", _lines(READ))
def test_name_that_is_read(name):
    assert not unread(name)


def test_table_of_languages_names_the_line_that_is_wrong(tmp_path):
    table = tmp_path / "languages.tsv"
    table.write_text("language\trole\twords\nGerman\tagent\tkm\nGerman\tagent\tgd\n")
    with pytest.raises(ValueError, match=r"languages.tsv, line 3: .* found 'German\\tagent\\tgd'"):
        read_languages(table)
