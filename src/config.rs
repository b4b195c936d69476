//! One struct; every key documented; flags and `LACUNA_*` variables.
