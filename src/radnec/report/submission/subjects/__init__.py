"""What the run answers to the items of checklists, one file a part of a paper."""
