package dev.switchboard.bus;

/**
 * Tells the bridge where it listens for the events of channels that all tenants share.
 *
 * @param ofTenants whether on channels of the tenants that have sessions on this node instead
 */
public record EventChannels(boolean ofTenants) {}
