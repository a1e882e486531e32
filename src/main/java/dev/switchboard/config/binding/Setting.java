package dev.switchboard.config.binding;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Describes a setting: its meaning, default and bounds. The single source of the loader's
 * validation, the JSON Schema, the example file and the tables of the documentation.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Setting {
  /** One sentence for the operator. */
  String about();

  /** The default as JSON, a string without quotes; unused for nested sections. */
  String def() default "";

  /** Minimum of a number, duration or size, written as in the file; empty: 0. */
  String min() default "";

  /** Maximum, written as in the file; empty: none. */
  String max() default "";
}
