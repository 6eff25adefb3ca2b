"""A released page made ready to read: words, sentences, figures. Nothing here computes on answers."""
