"""radnec: glioma recurrence or radiation necrosis, distinguished on routine MRI by 3D CNNs."""
