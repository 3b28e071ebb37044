"""Model clients of the four vendors, adapters that let the fuzzer drive them, and their broken twins."""
