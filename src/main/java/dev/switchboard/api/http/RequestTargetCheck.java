package dev.switchboard.api.http;

import dev.switchboard.api.http.Problem.Kind;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpServerRequest;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Refuses requests with a malformed target or {@code Host}, or with a repeated field that has one
 * value, before they are routed. Vert.x would answer 500 and log the URL with the ticket in it.
 *
 * <p>Also refuses other spellings of a path, which the router would take for the same: a rule of a
 * proxy for one spelling must not be avoided by another.
 */
public final class RequestTargetCheck implements Handler<HttpServerRequest> {
  private static final Pattern BAD_PERCENT = Pattern.compile("%(?![0-9A-Fa-f]{2})");

  /** An empty or dot segment, or a letter, digit or dot that is percent-encoded for no reason. */
  private static final Pattern OTHER_SPELLING =
      Pattern.compile("//|/\\.{0,2}$|/\\.{1,2}/|%(?:2[Ee]|3[0-9]|[46][1-9A-Fa-f]|[57][0-9Aa])");

  /** Pages whose own path has a slash at its end. */
  private static final Set<String> PAGES = Set.of("/console/", "/portal/", "/demo/");

  /** What people type for a page of the documentation, whose routes answer with its own path. */
  private static final Pattern DOCUMENTATION =
      Pattern.compile("/docs/(?:[a-z0-9][a-z0-9.-]*/){0,3}");

  private final Handler<HttpServerRequest> next;

  public RequestTargetCheck(Handler<HttpServerRequest> next) {
    this.next = next;
  }

  @Override
  public void handle(HttpServerRequest request) {
    Problem problem = problem(request);
    if (problem == null) {
      next.handle(request);
    } else {
      ProblemResponse.send(request, problem);
    }
  }

  private static @Nullable Problem problem(HttpServerRequest request) {
    if (request.headers().getAll("Host").size() != 1 || request.authority() == null) {
      return Problem.of(
          Kind.BAD_REQUEST, "send one Host header: a name or an address, optionally with a port");
    }
    if (request.uri().indexOf('%') >= 0 && BAD_PERCENT.matcher(request.uri()).find()) {
      return Problem.of(
          Kind.BAD_REQUEST, "a % in the URL must be followed by two hexadecimal digits");
    }
    if (hasOtherSpelling(request.path())) {
      return Problem.of(
          Kind.NOT_FOUND,
          "no such path; send it without empty and dot segments, a slash at its end, and encoded"
              + " letters, digits and dots; see /openapi.yaml");
    }
    String repeated = SingleFields.fault(request.headers());
    return repeated == null ? null : Problem.of(Kind.BAD_REQUEST, repeated);
  }

  /** Whether the router would take {@code path} for a path that is written differently. */
  static boolean hasOtherSpelling(@Nullable String path) {
    return path != null
        && path.length() > 1
        && mayHaveOtherSpelling(path)
        && !PAGES.contains(path)
        && !DOCUMENTATION.matcher(path).matches()
        && OTHER_SPELLING.matcher(path).find();
  }

  /** False for most paths, which need not be matched with a pattern. */
  private static boolean mayHaveOtherSpelling(String path) {
    return path.endsWith("/")
        || path.indexOf('%') >= 0
        || path.contains("//")
        || path.contains("/.");
  }
}
