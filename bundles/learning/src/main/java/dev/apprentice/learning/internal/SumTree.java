package dev.apprentice.learning.internal;

/**
 * A binary tree over non-negative weights whose inner nodes hold sums: weights change and are found by cumulative weight in O(log n).
 * Sums are always recomputed from the children, so a tree depends on its weights alone and not on their history.
 */
final class SumTree {
    private final int leaves;
    private final double[] nodes; // (2 · leaves), heap order: the children of i are 2i and 2i + 1

    SumTree(int capacity) {
        this.leaves = Math.max(1, Integer.highestOneBit(Math.max(1, capacity) * 2 - 1));
        this.nodes = new double[2 * leaves];
    }

    double total() {
        return nodes[1];
    }

    double get(int slot) {
        return nodes[leaves + slot];
    }

    void set(int slot, double weight) {
        int node = leaves + slot;
        nodes[node] = weight;
        for (node /= 2; node >= 1; node /= 2) {
            nodes[node] = nodes[2 * node] + nodes[2 * node + 1];
        }
    }

    /** The slot in whose share of [0, total) the value lies; never one of weight 0 unless all are. */
    int find(double value) {
        int node = 1;
        double rest = value;
        while (node < leaves) {
            int left = 2 * node;
            boolean goLeft = rest < nodes[left] || nodes[left + 1] == 0;
            rest = goLeft ? rest : rest - nodes[left];
            node = goLeft ? left : left + 1;
        }
        return node - leaves;
    }
}
