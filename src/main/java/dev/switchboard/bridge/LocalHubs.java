package dev.switchboard.bridge;

/**
 * The hubs of this node.
 *
 * @param node name of the node
 * @param count number of hubs, which are numbered from 0
 * @param bounds of each hub's queue
 */
public record LocalHubs(String node, int count, HubQueue.Bounds bounds) {}
