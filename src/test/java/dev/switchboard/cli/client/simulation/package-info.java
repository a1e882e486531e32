@NullMarked
package dev.switchboard.cli.client.simulation;

import org.jspecify.annotations.NullMarked;
