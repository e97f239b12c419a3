"""radnec: glioma recurrence or radiation necrosis, told apart on routine MRI by 3D CNNs."""
