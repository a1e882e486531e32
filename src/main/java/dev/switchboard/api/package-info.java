/**
 * The HTTP API: routes, permissions and the form of its answers. Decides nothing that a capability
 * decides; every failure becomes one problem document in one place.
 */
@NullMarked
@CheckReturnValue
package dev.switchboard.api;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
