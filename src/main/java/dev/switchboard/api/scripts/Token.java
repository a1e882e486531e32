package dev.switchboard.api.scripts;

/** A piece of a script; the texts of all tokens are the script. */
record Token(Kind kind, String text) {
  enum Kind {
    /** White space and comments. */
    GAP,
    /** A name, a keyword or a number without its dot. */
    WORD,
    /** One character that is none of the others. */
    SIGN,
    STRING,
    REGEX,
    /** A template, or what is before, between or after its values, with its delimiters. */
    TEMPLATE,
    /** The same of a template with the tag {@code html}. */
    MARKUP
  }

  boolean is(String other) {
    return (kind == Kind.WORD || kind == Kind.SIGN) && text.equals(other);
  }
}
