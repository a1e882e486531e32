package dev.switchboard.config;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * What a setting means, its default and its bounds: the single source of the loader's checks, the
 * JSON Schema, the example file and the README's table.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
@interface Setting {
  /** One sentence for the person who sets it. */
  String about();

  /** The default as JSON text, without quotes for texts; unused for nested sections. */
  String def() default "";

  /** Least value of a number; of a duration in milliseconds; of a size in bytes. */
  long min() default 0;

  /** Greatest value, in the same units. */
  long max() default Long.MAX_VALUE;
}
