"""What a manuscript needs beside its figures: checklists filled from the run, and draft text."""
