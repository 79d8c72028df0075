package dev.apprentice.llm.internal;

import java.util.stream.IntStream;

/**
 * H = R Rᵀ with R upper triangular: Cholesky's decomposition, begun at the last row. Columns are finished a panel at a time and then
 * taken off the rows above together, so that those come out of memory once for a whole panel.
 */
final class ReverseCholesky {
    private static final int PANEL = 48;

    private ReverseCholesky() {}

    /**
     * Decomposes in place.
     *
     * @param rows row i holds the elements (i, i) to (i, n−1) of H, and then of R
     * @throws ArithmeticException if H is not positive definite
     */
    static void decompose(double[][] rows) {
        for (int end = rows.length; end > 0; end -= PANEL) {
            int last = end;
            int first = Math.max(0, end - PANEL);
            for (int row = last - 1; row >= first; row--) {
                finish(rows, row, first, last);
            }
            IntStream.range(0, first).parallel().forEach(row -> finish(rows, row, first, last));
            double[][] columns = columns(rows, first, last);
            IntStream.range(0, first).parallel().forEach(row -> takeOff(columns, rows[row], row, first));
        }
    }

    /** The elements of a row within columns first to last−1, given those of the rows below it. */
    private static void finish(double[][] rows, int row, int first, int last) {
        double[] mine = rows[row];
        for (int column = last - 1; column >= Math.max(row, first); column--) {
            double[] other = rows[column];
            double left = mine[column - row];
            for (int k = column + 1; k < last; k++) {
                left -= mine[k - row] * other[k - column];
            }
            if (column > row) {
                mine[column - row] = left / other[0];
            } else if (left > 0) {
                mine[0] = Math.sqrt(left);
            } else {
                throw new ArithmeticException("not positive definite at row " + row);
            }
        }
    }

    /** R's elements (0, column) to (first−1, column) for each column of a panel. */
    private static double[][] columns(double[][] rows, int first, int last) {
        double[][] columns = new double[last - first][first];
        for (int row = 0; row < first; row++) {
            for (int column = first; column < last; column++) {
                columns[column - first][row] = rows[row][column - row];
            }
        }
        return columns;
    }

    private static void takeOff(double[][] columns, double[] mine, int row, int first) {
        for (double[] column : columns) {
            double factor = column[row];
            for (int j = row; j < first; j++) {
                mine[j - row] -= factor * column[j];
            }
        }
    }
}
