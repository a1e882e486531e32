package dev.switchboard.api.http;

import dev.switchboard.api.http.Problem.Kind;
import dev.switchboard.sessions.wire.HttpFault;
import dev.switchboard.sessions.wire.HttpProblems;
import org.jspecify.annotations.Nullable;

/** Problem documents for requests that can't be read as HTTP/1.1. */
public final class ProblemDocuments implements HttpProblems {
  private final int maxLineBytes;
  private final int maxHeaderBytes;

  /** The documents name these limits of the request line and of all header fields. */
  public ProblemDocuments(int maxLineBytes, int maxHeaderBytes) {
    this.maxLineBytes = maxLineBytes;
    this.maxHeaderBytes = maxHeaderBytes;
  }

  @Override
  public byte[] document(HttpFault fault, @Nullable String requestId) {
    return problem(fault).toJson(RequestId.of(requestId)).toBuffer().getBytes();
  }

  private Problem problem(HttpFault fault) {
    return switch (fault) {
      case MALFORMED_HEAD ->
          Problem.of(Kind.BAD_REQUEST, "the request line or a header field is not valid HTTP/1.1");
      case MALFORMED_BODY ->
          Problem.of(Kind.BAD_REQUEST, "the chunks of the body are not valid HTTP/1.1");
      case LINE_TOO_LONG ->
          Problem.of(
              Kind.URI_TOO_LONG,
              "the request line has more than "
                  + maxLineBytes
                  + " bytes; shorten the URL, or send what it contains in a body");
      case HEADER_TOO_LONG ->
          Problem.of(
              Kind.HEADERS_TOO_LARGE,
              "the header fields have more than " + maxHeaderBytes + " bytes; send fewer or less");
      case UNKNOWN_TRANSFER_CODING ->
          Problem.of(Kind.NOT_IMPLEMENTED, "the only transfer coding is chunked");
      case UNSUPPORTED_VERSION -> Problem.of(Kind.UNSUPPORTED_VERSION, "send HTTP/1.1 or HTTP/1.0");
    };
  }
}
