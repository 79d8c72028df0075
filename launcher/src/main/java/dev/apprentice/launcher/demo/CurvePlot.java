package dev.apprentice.launcher.demo;

import java.util.List;
import java.util.Locale;

/** Draws a learning curve as an SVG of its own: readable on light and dark pages. */
public final class CurvePlot {
    private static final int WIDTH = 720;
    private static final int HEIGHT = 280;
    private static final int LEFT = 64;
    private static final int BOTTOM = 44;
    private static final int TOP = 36;
    private static final int RIGHT = 20;
    private static final int GRID = 4;

    private CurvePlot() {}

    /** The plot of values by cycle, beginning with cycle 1. */
    public static String svg(String title, String unit, List<Double> values) {
        double low = values.stream().mapToDouble(Double::doubleValue).min().orElse(0);
        double high =
                Math.max(values.stream().mapToDouble(Double::doubleValue).max().orElse(1), low + 1e-6);
        StringBuilder svg = new StringBuilder(String.format(
                Locale.ROOT,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"system-ui, sans-serif\" font-size=\"12\" fill=\"#7a7f87\">%n"
                        + "<text x=\"%d\" y=\"20\" font-size=\"14\">%s</text>%n",
                WIDTH,
                HEIGHT,
                LEFT,
                escape(title)));
        for (int line = 0; line <= GRID; line++) {
            double value = low + (high - low) * line / GRID;
            double y = y(value, low, high);
            svg.append(String.format(
                    Locale.ROOT,
                    "<path d=\"M%d %.1fH%d\" stroke=\"#7a7f87\" stroke-opacity=\".25\"/><text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%.3f</text>%n",
                    LEFT,
                    y,
                    WIDTH - RIGHT,
                    LEFT - 8,
                    y + 4,
                    value));
        }
        StringBuilder path = new StringBuilder();
        for (int i = 0; i < values.size(); i++) {
            path.append(String.format(
                    Locale.ROOT, "%s%.1f %.1f", i == 0 ? "M" : "L", x(i, values.size()), y(values.get(i), low, high)));
        }
        svg.append(String.format(
                Locale.ROOT,
                "<path d=\"%s\" fill=\"none\" stroke=\"#2f7d6b\" stroke-width=\"2\" stroke-linejoin=\"round\"/>%n"
                        + "<text x=\"%d\" y=\"%d\">1</text><text x=\"%d\" y=\"%d\" text-anchor=\"end\">cycle %d</text>"
                        + "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">%s</text>%n</svg>%n",
                path,
                LEFT,
                HEIGHT - BOTTOM + 20,
                WIDTH - RIGHT,
                HEIGHT - BOTTOM + 20,
                values.size(),
                (LEFT + WIDTH) / 2,
                HEIGHT - 8,
                escape(unit)));
        return svg.toString();
    }

    private static double x(int index, int count) {
        return LEFT + (double) (WIDTH - LEFT - RIGHT) * index / Math.max(1, count - 1);
    }

    private static double y(double value, double low, double high) {
        return TOP + (HEIGHT - TOP - BOTTOM) * (high - value) / (high - low);
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
