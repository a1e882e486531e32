package dev.switchboard.ingest.parse;

/**
 * One thing wrong with what a producer sent.
 *
 * @param pointer JSON pointer (RFC 6901) into the body
 * @param message what is wrong and how to mend it
 */
public record FieldError(String pointer, String message) {}
