package dev.switchboard.webhooks.call;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class AddressOrderTest {
  private final AtomicLong nanos = new AtomicLong();
  private final AddressOrder order = new AddressOrder(nanos::get);

  private static InetAddress address(int last) throws UnknownHostException {
    return InetAddress.getByAddress(new byte[] {1, 1, 1, (byte) last});
  }

  @Test
  void addressThatFailedComesLastForAMinute() throws Exception {
    List<InetAddress> given = List.of(address(1), address(2), address(3));
    assertThat(order.of(given)).containsExactlyElementsOf(given);

    order.failed(address(1));

    assertThat(order.of(given)).containsExactly(address(2), address(3), address(1));
    nanos.addAndGet(TimeUnit.MINUTES.toNanos(1));
    assertThat(order.of(given)).containsExactlyElementsOf(given);
    order.failed(address(1));
    order.reached(address(1));
    assertThat(order.of(given)).containsExactlyElementsOf(given);
  }

  @Test
  void onlySomeAddressesOfANameAreTried() throws Exception {
    List<InetAddress> many = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      many.add(address(i));
    }

    assertThat(order.of(many))
        .containsExactlyElementsOf(many.subList(0, AddressOrder.MAX_ADDRESSES));
  }

  @Test
  void lastAddressMayUseWhatTheOthersLeft() {
    assertThat(AddressOrder.share(30_000, 0)).isEqualTo(30_000);
    assertThat(AddressOrder.share(30_000, 1)).isEqualTo(5_000);
    assertThat(AddressOrder.share(3_000, 2)).isEqualTo(1_000);
    assertThat(AddressOrder.share(1, 3)).isEqualTo(1);
  }
}
