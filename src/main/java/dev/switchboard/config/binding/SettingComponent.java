package dev.switchboard.config.binding;

import static java.util.Objects.requireNonNull;

import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/** A component of a section's record: one setting, or a section inside the section. */
public record SettingComponent(RecordComponent component, Setting setting) {

  /** Returns the components of {@code section} in their order. */
  public static List<SettingComponent> of(Class<?> section) {
    return Arrays.stream(section.getRecordComponents()).map(SettingComponent::of).toList();
  }

  private static SettingComponent of(RecordComponent component) {
    return new SettingComponent(
        component,
        requireNonNull(
            component.getAnnotation(Setting.class), () -> component + " has no @Setting"));
  }

  /** Returns whether {@code type} is the record of a section, not of a single value. */
  public static boolean isSection(Class<?> type) {
    return type.isRecord()
        && Arrays.stream(type.getRecordComponents())
            .anyMatch(component -> component.isAnnotationPresent(Setting.class));
  }

  /** Returns the key in the file. */
  public String name() {
    return component.getName();
  }

  public Class<?> type() {
    return component.getType();
  }

  /** Returns whether this is a section, whose settings are its own components. */
  public boolean isSection() {
    return isSection(type());
  }

  /** Returns the value that {@code section} has for this component. */
  public Object valueIn(Record section) {
    try {
      return component.getAccessor().invoke(section);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("can't read the setting " + name(), e);
    }
  }

  /** Returns the minimum of a number, of a duration in milliseconds, or of a size in bytes. */
  public long min() {
    return setting.min().isEmpty() ? 0 : amount(setting.min());
  }

  /** Returns the maximum in the units of {@link #min}; the largest of the type if there is none. */
  public long max() {
    if (setting.max().isEmpty()) {
      return type() == int.class ? Integer.MAX_VALUE : Long.MAX_VALUE;
    }
    return amount(setting.max());
  }

  private long amount(String bound) {
    if (type() == Duration.class) {
      return Durations.parse(bound).toMillis();
    }
    return type() == ByteSize.class ? ByteSize.parse(bound).bytes() : Long.parseLong(bound);
  }
}
