package dev.switchboard.config;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Describes a setting: its meaning, default and bounds. The single source of the loader's
 * validation, the JSON Schema, the example file and the README's table.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
@interface Setting {
  /** One sentence for the operator. */
  String about();

  /** The default as JSON, a string without quotes; unused for nested sections. */
  String def() default "";

  /** Minimum of a number, of a duration in milliseconds, or of a size in bytes. */
  long min() default 0;

  /** Maximum, in the same units. */
  long max() default Long.MAX_VALUE;
}
