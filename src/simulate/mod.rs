//! A made-up operation of any size, for exercises and benchmarks. Same seed, same bytes.
