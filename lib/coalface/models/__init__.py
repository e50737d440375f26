"""Economics: pure functions, frames in, small frozen results out."""
