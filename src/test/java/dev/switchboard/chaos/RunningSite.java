package dev.switchboard.chaos;

/**
 * A site with its traffic. It is replaced after a promise was broken on it, because what is then
 * missing would be missed again by the next check.
 */
final class RunningSite implements AutoCloseable {
  private final Site.Kind kind;
  private Site site;
  private Traffic traffic;

  RunningSite(Site.Kind kind) {
    this.kind = kind;
    site = new Site(kind);
    traffic = new Traffic(site);
  }

  Site site() {
    return site;
  }

  Traffic traffic() {
    return traffic;
  }

  /** Starts a new one in its place. */
  void replace() {
    close();
    site = new Site(kind);
    traffic = new Traffic(site);
  }

  @Override
  public void close() {
    traffic.close();
    site.close();
  }
}
