package dev.switchboard.bus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.switchboard.event.LogId;
import dev.switchboard.event.TenantId;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every address has its one record type and a codec that keeps it inside the process. */
class AddressesTest {

  @Test
  void listContainsEveryAddress() throws IllegalAccessException {
    List<Address<?>> declared = new ArrayList<>();
    for (Field field : Addresses.class.getDeclaredFields()) {
      if (Modifier.isStatic(field.getModifiers()) && field.getType() == Address.class) {
        declared.add((Address<?>) field.get(null));
      }
    }

    assertThat(declared).hasSizeGreaterThan(2);
    assertThat(Addresses.ALL).containsAll(declared).contains(Addresses.hubBatch(0));
  }

  @Test
  void noTwoAddressesShareANameOrAType() {
    assertThat(Addresses.ALL).extracting(Address::name).doesNotHaveDuplicates();
    assertThat(Addresses.ALL).extracting(address -> address.type()).doesNotHaveDuplicates();
  }

  @Test
  void namesBeginWithTheirOwner() {
    assertThat(Addresses.ALL)
        .extracting(Address::name)
        .allMatch(name -> name.matches("[a-z]+(\\.[a-z0-9]+(-[a-z0-9]+)*)+"));
  }

  @Test
  void everyMessageIsARecord() {
    assertThat(Addresses.ALL).allMatch(address -> isRecords(address.type()));
  }

  private static boolean isRecords(Class<?> type) {
    return type.isSealed()
        ? Stream.of(type.getPermittedSubclasses()).allMatch(AddressesTest::isRecords)
        : type.isRecord();
  }

  @Test
  void messageOfASealedTypePassesByReference() throws Exception {
    Vertx vertx = Vertx.vertx();
    try {
      Addresses.register(vertx);
      WebhookSignal sent = new WebhookSignal.AttemptsWanted(new TenantId("t"));
      CompletableFuture<WebhookSignal> received = new CompletableFuture<>();
      Addresses.WEBHOOK_SIGNAL.consume(vertx, received::complete);

      Addresses.WEBHOOK_SIGNAL.publish(vertx, sent);

      assertThat(received.get(10, TimeUnit.SECONDS)).isSameAs(sent);
    } finally {
      assertThat(vertx.close().toCompletionStage().toCompletableFuture()).isNotNull();
    }
  }

  @Test
  void everyMessageTypeHasACodecAndPassesByReference() throws Exception {
    Vertx vertx = Vertx.vertx();
    try {
      Addresses.register(vertx);
      FollowLog sent = new FollowLog(1, LogId.ofTenant(new TenantId("t")));
      CompletableFuture<FollowLog> received = new CompletableFuture<>();
      Addresses.BRIDGE_FOLLOW_LOG.consume(vertx, received::complete);

      Addresses.BRIDGE_FOLLOW_LOG.send(vertx, sent);

      assertThat(received.get(10, TimeUnit.SECONDS)).isSameAs(sent);
      for (Address<?> address : Addresses.ALL) {
        assertThatThrownBy(() -> vertx.eventBus().registerCodec(new LocalCodec<>(address.type())))
            .as("%s is registered already", address.name())
            .isInstanceOf(IllegalStateException.class);
      }
    } finally {
      assertThat(
              vertx
                  .close()
                  .map(1)
                  .toCompletionStage()
                  .toCompletableFuture()
                  .get(10, TimeUnit.SECONDS))
          .isEqualTo(1);
    }
  }

  @Test
  void codecRefusesToEncode() {
    LocalCodec<FollowLog> codec = new LocalCodec<>(FollowLog.class);
    FollowLog message = new FollowLog(1, LogId.ofTenant(new TenantId("t")));

    assertThatThrownBy(() -> codec.encodeToWire(Buffer.buffer(), message))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("FollowLog");
    assertThatThrownBy(() -> codec.decodeFromWire(0, Buffer.buffer()))
        .isInstanceOf(IllegalStateException.class);
    assertThat(codec.systemCodecID()).isEqualTo((byte) -1);
    assertThat(codec.name()).isEqualTo("local:dev.switchboard.bus.FollowLog");
  }
}
