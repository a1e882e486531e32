package dev.switchboard.ingest.parse;

/**
 * An invalid field in what a producer sent.
 *
 * @param pointer JSON pointer (RFC 6901) into the body
 * @param message what is wrong and how to fix it
 */
public record FieldError(String pointer, String message) {}
