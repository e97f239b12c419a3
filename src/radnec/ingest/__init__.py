"""From a folder of images to one NIfTI per sequence: index, identify, choose, convert."""
