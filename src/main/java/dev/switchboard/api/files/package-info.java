/** Files that nodes hold in memory and serve as they are: their hashes, codings and caching. */
@NullMarked
@CheckReturnValue
package dev.switchboard.api.files;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
