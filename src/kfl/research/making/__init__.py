"""The technical report made from the answers: plain arrays in, plain values out."""
