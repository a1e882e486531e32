/**
 * Fuzzing of everything that reads untrusted input: each target checks a property of one reader,
 * for a corpus in every test run, and for what a fuzzer makes of it in {@code scripts/fuzz}.
 */
@NullMarked
package dev.switchboard.fuzz;

import org.jspecify.annotations.NullMarked;
