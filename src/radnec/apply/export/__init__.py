"""A trained model as a folder that somebody else can use without the study."""
