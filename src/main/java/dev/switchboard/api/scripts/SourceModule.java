package dev.switchboard.api.scripts;

import dev.switchboard.api.scripts.Token.Kind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A module without its imports, and without the word {@code export} before what it exports. It may
 * import named things, and things by default, of modules in its folder and of libraries.
 */
final class SourceModule {
  private static final Set<String> DECLARATIONS = Set.of("function", "class", "const", "let");
  private static final String OPENING = "([{";
  private static final String CLOSING = ")]}";

  private final String name;
  private final List<Token> source;
  private final List<Token> body = new ArrayList<>();
  private final Map<String, Set<String>> imports = new LinkedHashMap<>();
  private final Set<String> declared = new LinkedHashSet<>();
  private final Set<String> exported = new LinkedHashSet<>();
  private int at;

  private SourceModule(String name, String script) {
    this.name = name;
    this.source = Tokens.of(script);
  }

  /**
   * Reads a module.
   *
   * @throws IllegalArgumentException if it imports or exports in another way
   */
  static SourceModule of(String name, String script) {
    try {
      SourceModule module = new SourceModule(name, script);
      module.read();
      return module;
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(name + ": " + e.getMessage(), e);
    }
  }

  String name() {
    return name;
  }

  /** What is left, in which nothing is imported or exported. */
  List<Token> body() {
    return body;
  }

  /** What is imported by the name of the module or library: names, or {@code default as} a name. */
  Map<String, Set<String>> imports() {
    return imports;
  }

  /** All names that are declared outside of functions. */
  Set<String> declared() {
    return declared;
  }

  Set<String> exported() {
    return exported;
  }

  private void read() {
    int depth = 0;
    boolean beginsStatement = true;
    while (at < source.size()) {
      Token token = source.get(at);
      if (depth == 0 && beginsStatement && (token.is("import") || token.is("export"))) {
        readImportOrExport(token);
        continue;
      }
      if (token.kind() != Kind.GAP) {
        if (depth == 0 && beginsStatement && isDeclaration(token)) {
          declared.add(declaredName());
        }
        refuseImport(token);
        depth += opened(token);
        beginsStatement = depth == 0 && (token.is(";") || token.is("}"));
      }
      body.add(token);
      at++;
    }
  }

  /** Goes behind an import or the word {@code export}. */
  private void readImportOrExport(Token first) {
    Token second = next();
    if (first.is("import") || second.is("{")) {
      readImport(second);
      at++;
    } else if (isDeclaration(second)) {
      exported.add(declaredName());
    } else {
      throw unsupported();
    }
  }

  private static boolean isDeclaration(Token token) {
    return token.kind() == Kind.WORD && (DECLARATIONS.contains(token.text()) || token.is("async"));
  }

  /** The name that is declared from here on. */
  private String declaredName() {
    for (Token token : source.subList(at, source.size())) {
      if (token.kind() != Kind.GAP && !isDeclaration(token)) {
        if (token.kind() == Kind.WORD) {
          return token.text();
        }
        break;
      }
    }
    throw unsupported();
  }

  /** Reads {@code { a, b } from './c.js';} or {@code a from 'library';}. */
  private void readImport(Token first) {
    Set<String> names = new LinkedHashSet<>();
    if (first.is("{")) {
      for (Token token = next(); !token.is("}"); token = next()) {
        if (token.kind() == Kind.WORD && !token.is("as")) {
          names.add(token.text());
        } else if (!token.is(",")) {
          throw unsupported();
        }
      }
    } else if (first.kind() == Kind.WORD) {
      names.add("default as " + first.text());
    } else {
      throw unsupported();
    }
    if (!next().is("from")) {
      throw unsupported();
    }
    String from = next().text();
    imports
        .computeIfAbsent(from.substring(1, from.length() - 1), unheard -> new LinkedHashSet<>())
        .addAll(names);
    if (!next().is(";")) {
      throw unsupported();
    }
  }

  private void refuseImport(Token token) {
    if (token.is("import")) {
      throw unsupported();
    }
  }

  /** Goes to the next token that is no gap. */
  private Token next() {
    do {
      at++;
      if (at >= source.size()) {
        throw unsupported();
      }
    } while (source.get(at).kind() == Kind.GAP);
    return source.get(at);
  }

  private static int opened(Token token) {
    return switch (token.kind()) {
      case SIGN -> OPENING.contains(token.text()) ? 1 : CLOSING.contains(token.text()) ? -1 : 0;
      case MARKUP, TEMPLATE ->
          (token.text().startsWith("}") ? -1 : 0) + (token.text().endsWith("`") ? 0 : 1);
      case GAP, REGEX, STRING, WORD -> 0;
    };
  }

  private static IllegalArgumentException unsupported() {
    return new IllegalArgumentException(
        "modules of pages import as in import { a, b } from './c.js'; and import a from 'library';"
            + " and export functions, classes and single constants where they declare them");
  }
}
