"""A small network in the folder layout of HD-BET's, trained for a moment on one head."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

SPACING = 5.0
PATCH = 24
_ARCHITECTURE = "dynamic_network_architectures.architectures.unet.PlainConvUNet"
_KEYWORDS = {
    "n_stages": 3,
    "features_per_stage": [4, 8, 16],
    "conv_op": "torch.nn.modules.conv.Conv3d",
    "kernel_sizes": [[3, 3, 3]] * 3,
    "strides": [[1, 1, 1], [2, 2, 2], [2, 2, 2]],
    "n_conv_per_stage": [1, 1, 1],
    "n_conv_per_stage_decoder": [1, 1],
    "conv_bias": True,
    "norm_op": "torch.nn.modules.instancenorm.InstanceNorm3d",
    "norm_op_kwargs": {"eps": 1e-5, "affine": True},
    "dropout_op": None,
    "dropout_op_kwargs": None,
    "nonlin": "torch.nn.LeakyReLU",
    "nonlin_kwargs": {"inplace": True},
}
_IMPORTED = ["conv_op", "norm_op", "dropout_op", "nonlin"]


def _plans():
    resampling = {"is_seg": False, "order": 1, "order_z": 0, "force_separate_z": None}
    full = {
        "data_identifier": "small",
        "preprocessor_name": "DefaultPreprocessor",
        "batch_size": 2,
        "patch_size": [PATCH] * 3,
        "median_image_size_in_voxels": [40.0, 44.0, 40.0],
        "spacing": [SPACING] * 3,
        "normalization_schemes": ["ZScoreNormalization"],
        "use_mask_for_norm": [False],
        "resampling_fn_data": "resample_data_or_seg_to_shape",
        "resampling_fn_seg": "resample_data_or_seg_to_shape",
        "resampling_fn_data_kwargs": resampling,
        "resampling_fn_seg_kwargs": resampling | {"is_seg": True},
        "resampling_fn_probabilities": "resample_data_or_seg_to_shape",
        "resampling_fn_probabilities_kwargs": resampling,
        "architecture": {
            "network_class_name": _ARCHITECTURE,
            "arch_kwargs": _KEYWORDS,
            "_kw_requires_import": _IMPORTED,
        },
        "batch_dice": False,
    }
    return {
        "dataset_name": "Dataset001_Small",
        "plans_name": "nnUNetPlans",
        "original_median_spacing_after_transp": [SPACING] * 3,
        "original_median_shape_after_transp": [40, 44, 40],
        "image_reader_writer": "SimpleITKIO",
        "transpose_forward": [0, 1, 2],
        "transpose_backward": [0, 1, 2],
        "experiment_planner_used": "ExperimentPlanner",
        "label_manager": "LabelManager",
        "foreground_intensity_properties_per_channel": {
            "0": {"mean": 0, "std": 1, "min": 0, "max": 1, "median": 0}
        },
        "configurations": {"3d_fullres": full},
    }


def make_network(folder: Path, head: np.ndarray, brain: np.ndarray, steps: int = 80) -> Path:
    """Write plans.json, dataset.json and fold_all/checkpoint_final.pth.

    `head` and `brain` are arrays (x, y, z) with voxels of about `SPACING` mm.
    """
    import torch
    from dynamic_network_architectures.architectures.unet import PlainConvUNet

    torch.manual_seed(0)
    modules = {
        "conv_op": torch.nn.Conv3d,
        "norm_op": torch.nn.InstanceNorm3d,
        "nonlin": torch.nn.LeakyReLU,
    }
    network = PlainConvUNet(
        input_channels=1, num_classes=2, deep_supervision=False, **(_KEYWORDS | modules)
    )
    # nnU-Net reads arrays as (z, y, x).
    scaled = (head - head.mean()) / head.std()
    image = torch.from_numpy(np.ascontiguousarray(scaled.T, dtype=np.float32))[None, None]
    label = torch.from_numpy(np.ascontiguousarray(brain.T)).long()[None]
    optimiser = torch.optim.Adam(network.parameters(), lr=1e-2)
    rng = np.random.default_rng(0)
    for _ in range(steps):
        box = [int(rng.integers(0, n - PATCH + 1)) for n in label.shape[1:]]
        z, y, x = (slice(start, start + PATCH) for start in box)
        output = network(image[:, :, z, y, x])
        loss = torch.nn.functional.cross_entropy(output, label[:, z, y, x])
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    (folder / "fold_all").mkdir(parents=True)
    (folder / "plans.json").write_text(json.dumps(_plans()))
    dataset = {
        "channel_names": {"0": "MRI"},
        "labels": {"background": 0, "brain": 1},
        "numTraining": 1,
        "file_ending": ".nii.gz",
    }
    (folder / "dataset.json").write_text(json.dumps(dataset))
    checkpoint = {
        "network_weights": network.state_dict(),
        "trainer_name": "nnUNetTrainer",
        "init_args": {"configuration": "3d_fullres"},
        "inference_allowed_mirroring_axes": (0, 1, 2),
        # As nnU-Net stores it: a NumPy scalar, which a safe loader refuses by default.
        "_best_ema": np.float64(0.5),
    }
    torch.save(checkpoint, folder / "fold_all" / "checkpoint_final.pth")
    return folder
