/**
 * What all routes share: the authentication of callers and their permissions, the admission of
 * request bodies, and problem documents. Knows no resource.
 */
@NullMarked
@CheckReturnValue
package dev.switchboard.api.http;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
