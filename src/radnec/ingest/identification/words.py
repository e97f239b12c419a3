"""The words of the vocabulary: what series are called on consoles.

Words are separated by spaces; `_` is a space inside a phrase, and `*` any ending. Words of
other scripts than Latin are found anywhere in a name.
"""

from __future__ import annotations

# Meaning of a series description or protocol name.
NAMES: dict[str, str] = {
    "t2star": """
        t2_* t2* t2star t2_star t2_stern t2_etoile t2_gre t2_ffe t2w_ffe t2_fl2d t2_flash
        t2_hemo t2_eg eg_t2 t2_ge t2_me2d t2_medic hemo haemo hamo medic merge
        echo_de_gradient mge* multi_echo_gre megre gre_t2 t2gre
    """,
    "flair": """
        *flair* fla flr dark_fl dark_fluid darkfluid da_fl dafl fluid_att* t2_tirm* fir
        水抑制 压水 壓水 抑水 黑水
    """,
    "pd": "pd pdw proton* protonen* rho dp densite_proton* 质子 質子",
    "mprage": """
        mprage* mp_rage mprag t1_mpr* spgr* fspgr* irfspgr ir_fspgr ir_spgr efgre* bravo*
        fl3d tfl3d turboflash turbo_flash turbofl t1_tfe tfe tfe3d 3d_tfe ir_tfe vibe*
        thrive* lava* star_vibe starvibe t1_ffe 3d_ffe gre_fsp quick_3d quick3d rssg
        rf_spoiled* tigre isogre magnetization_prep* mp2rage ultrafast_gre ffe3d
    """,
    "localizer": """
        loc locator locali* lokali* scout* aascout aahead* survey* topogram* reperage*
        reperes 3_plane 3plane 3_pl 3pl tri_plane triplane 3_plan planscan plan_scan
        uebersicht* ubersicht* asset_cal* calibration* kalibrier* ref_scan refscan
        sense_ref* coil_survey prescan* pure_cal smart_brain smartbrain
        fast_view fastview shim_map* shimming* auto_shim* locator* cal_scan
        定位 校准 校準 参考扫描
    """,
    "adc": "adc* eadc* dadc apparent_diff* app_diff* average_dc 表观 表觀",
    "diffusion": """
        *dki dwi* dw dti* diff diffusion* diffusie* trace* tracew tensor hardi noddi resolve*
        edwi isodwi iso_dwi isotropic_dwi ivim b0 b50 b500 b800 b1000 b_1000 b2000 b3000 1000b
        fa_map colfa dfa fractional* zoomit_dif* focus_dwi dwibs 弥散 彌散 扩散 擴散
    """,
    "perfusion": """
        perf* perfusion* perfuz* perfus* pwi *cbf* relmtt *mtt ttp tmax pbp gbp neuroperf* dyn dyna
        dynamic* dynamique* dynamisch* dinamic* cerebral_blood* blood_flow mean_transit*
        transit_delay transit_time* time_to_peak vpmr grasp_dyn* relcbf* ttest
        灌注 动态 動態 перфуз 灌流 관류
    """,
    "bolus": """
        dsc dsc_* dce dce_* *cbv* ktrans twist t1_perf* t2_perf* bolus ep2d_perf dynasusc* t2_dyn
        dynamic_contrast* bolus_track* dynamic_suscept*
    """,
    "spin labelling": """
        asl asl_* *pcasl* pasl* *_asl 3d_asl* casl vs_asl vsasl easl tgse_pasl* spin_label*
        arterial_spin* pulsed_arterial* fair_asl spinlabel* eadc_asl perfusion_asl
    """,
    "angiography": """
        tof tof3d tof_* 3dtof mra mra_* mrv angio* cemra ce_mra pca 3dpca 3d_pc 2d_pc pc_3d
        pc3d pc_mrv venc* veno* phlebo* arter* willis cow carotid* qflow q_flow inhance*
        tricks 3d_inflow inflow* s3di_mc* 3di_mc* m2d* s3di* ventof css_tof mra3d
        血管 动脉 動脈 静脉 靜脈
    """,
    "susceptibility": """
        swi* swip swan* eswan* qsm susc* suszept* venobold ven_bold* venbold fsbb bsi
        phase_map filt_pha* pha_images pha mag_images swi3d* 磁敏感
    """,
    "spectroscopy": """
        mrs mrsi csi csi_* svs svs_* press press_* sv_press sv_steam steam spectro* spektro*
        probe probe_p probe_sv probe_2d* 2d_probe single_voxel* multi_voxel* 波谱 波譜
    """,
    "functional": """
        fmri* bold bold_* resting* rest_state restingstate rsfmri rs_fmri task finger*
        moco_series field_map* fieldmap* fieldmapping gre_field* b0_map* b0map b1_map* b1map
        functional* mocoseries 脑功能
    """,
    "steady state": """
        fiesta* ciss* trufi* true_fisp truefisp bffe b_ffe balanced_ffe btfe b_tfe bssfp
        ssfp dess psif basg true_ssfp fiestac
    """,
    "other inversion": """
        stir* psir* dir_space spc_dir double_ir double_inv* dir_3d 3d_dir space_dir wm_null*
        fgatir grey_white gm_only
    """,
    "map": """
        t1_map* t2_map* t1map* t2map* map maps mapping mapit r2 r2star r2_star relax*
        quantitative* qmri qmap* magic symri synthetic* apt apt* aptw cest* t1rho t1_rho mtr mwf
        elasto* colour color inv1 inv2 uni_den uni_images t1_images t2star_map t2_star_map
        t2_images_parametric*
    """,
    "magnetization transfer": """
        mt mtw mtc mton mtoff mt_on mt_off mtsat mt_sat magnetization_trans* magnetisation_trans*
        magtrans magn_trans
    """,
    "mask": """
        mask* *_mask maske masque brainmask brain_mask tumormask tumor_mask segmentation*
        dseg brain_seg labelmap label_map label labels roi rois voi contour* kontur* gtv*
        ctv* ptv* lesion_map lesion_seg* tumor_seg* tumour_seg* tumor_core tumor_region
        tumour_region tumor_volume tumour_volume outline* annotation* annotat* binary
        probability_map 分割 掩膜 掩模 勾画
    """,
    "subtraction": """
        subtr* substr* subtract* subtraktion* soustr* differenz* difference* resta delta_t1
        dt1 t1_sub sub_t1 减影 減影
    """,
    "projection": """
        mip mips minip mnip mpip thin_mip proj project* pjn vr vrt volume_rend* 3d_saved
        rendering*
    """,
    "screenshot": """
        screenshot* screen_s* screensave* screen_save* secondary capture* snapshot*
        key_image* keyimage* report* befund* summary* presentation* patient_protocol
        protocol_page dose_rep* dose_sum* dose_info* dose_sheet* exam_protocol phoenix*
        evidence_doc* processed_images batch_* posdisp* mpr_range*
        截图 截圖 报告
    """,
    "stereotactic": """
        stereota* stereotax* stereo stealth* nav navi daohang navig* neuronav* neuro_nav* brainlab
        brain_lab gamma_k* gammaknife cyberknife cyber_knife planning bestrahlung* strahlen*
        dosimetr* radiosurg* srs gk treatment_plan* medtronic* rt_plan* leksell*
        立体定向 立體定向 导航 導航
    """,
    "not head": """
        spine* cspine tspine lspine spinal* cervical* lumbar* thoracic* thorac* wirbels* hws
        bws lws halswirbel* rachis* abdom* liver leber foie pelvi* becken prostat* breast
        mamma* neck hals cuello collo pescoco knee knie genou heart cardiac herz coeur
        shoulder schulter hufte chest elbow
        uterus kidney bladder femur thigh ankle wrist foot fuss extremity
        颈椎 頸椎 腰椎 胸椎 腹部 膝
    """,
    "head": """
        head brain skull kopf schadel hirn gehirn crane tete cerebr* cranial* neuro*
        头 頭 颅 顱 脑 腦
    """,
}

# What is scanned in place of a patient: whole words, in fields that describe what is scanned.
TEST_OBJECTS: dict[str, str] = {
    "phantom": """
        phantom phantoms phantome phanto fantom fantoma fantome fantomas fantoom faantom
        acr_phantom fbirn fbirn_phantom water_ball testobject test_object doped_water
        фантом 水模 体模 體模 模体 ファントム 팬텀
    """,
    "service": "qa qc service agar bottle flasche nist nist_phantom dailyqa daily_qa weekly_qa",
    # The college's phantom, or the protocol of an accredited site, which its patients have too.
    "perhaps service": "acr",
    "fruit": """
        fruit fruits watermelon watermelons wassermelone pineapple pineapples grapefruit cabbage
        coconut pomelo pomegranate artichoke papaya durian honeydew cantaloupe
        水果 西瓜 菠萝 柚子 哈密瓜
    """,
    "perhaps fruit": """
        melon ananas orange oranges apple apples apfel kiwi lemon zitrone banana pumpkin kurbis
        kohl onion mango lime pear squash obst 橙
    """,
}
# After "phantom" these speak of a patient's pain.
NO_TEST_OBJECTS = "phantom_limb phantom_pain phantom_sensation phantom_tumor phantom_tumour"

# Names that the scanner, not the operator, gives its pulse sequences (SequenceName, GE's PSD
# name, Philips' technique).
SEQUENCES_OF_VENDORS: dict[str, str] = {
    "echo-planar": """
        epi* ep2d* ep_b* epfid* epse* ep_* seepi* feepi* fe_epi se_epi epi2* epirt dwise
        dwi*
    """,
    "angiography": "tof* 3dtof* fl3d1r fl3d1r_t* gre_tof* pc3d* fl_pc* fq*",
    "susceptibility": "swi* gre_swi* swan* swi3d*",
    "mprage": "tfl3d* tfl_* gre_fsp* bravo* efgre3d* t1tfe* tfe",
    "steady state": "tfi* fi3d* ci3d* fiesta* fgre_ssfp",
    "field map": "fm2d* fm3d* gre_field*",
    "spectroscopy": "svs* csi* press* probe* steam*",
    "localizer": "3plane* loc* gre_loc*",
}
