package dev.apprentice.algebra.nd4j.internal;

import dev.apprentice.compute.LearningAlgebra;
import java.util.Arrays;
import org.deeplearning4j.nn.api.OptimizationAlgorithm;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.layers.variational.VariationalAutoencoder;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.weights.WeightInit;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.lossfunctions.LossFunctions;

/**
 * A small variational auto-encoder (arXiv 1312.6114): what it reconstructs badly is unlike what it was fitted to.
 *
 * <p>The score is the squared error of the reconstruction from the mean of the latent code, so scoring draws no random
 * numbers. Scores of outliers span many orders of magnitude, therefore only their ranks among the fitted rows leave
 * this class.
 */
final class AutoencoderDetector implements LearningAlgebra.OutlierDetector {
    private static final int STEPS = 60;
    private static final double LEARNING_RATE = 0.02;

    private final Standardisation standardisation;
    private final MultiLayerNetwork network;
    private final double[] fittedScores; // (fitted rows), ascending

    AutoencoderDetector(float[][] rows, long seed) {
        standardisation = Standardisation.fit(rows);
        float[][] standardised = standardisation.apply(rows);
        network = new MultiLayerNetwork(configuration(rows[0].length, seed));
        network.init();
        Nd4j.getRandom().setSeed(seed);
        try (INDArray features = Nd4j.createFromArray(standardised)) { // (rows, features)
            for (int step = 0; step < STEPS; step++) {
                network.pretrainLayer(0, features);
            }
        }
        fittedScores = scores(standardised);
        Arrays.sort(fittedScores);
    }

    private static MultiLayerConfiguration configuration(int width, long seed) {
        int hidden = Math.clamp(2L * width, 8, 64);
        int latent = Math.clamp(width / 2, 2, 16);
        return new NeuralNetConfiguration.Builder()
                .seed(seed)
                .optimizationAlgo(OptimizationAlgorithm.STOCHASTIC_GRADIENT_DESCENT)
                .updater(new Adam(LEARNING_RATE))
                .weightInit(WeightInit.XAVIER)
                // workspaces belong to threads and would outlive the detector
                .trainingWorkspaceMode(WorkspaceMode.NONE)
                .inferenceWorkspaceMode(WorkspaceMode.NONE)
                .list()
                .layer(new org.deeplearning4j.nn.conf.layers.variational.VariationalAutoencoder.Builder()
                        .nIn(width)
                        .nOut(latent)
                        .encoderLayerSizes(hidden)
                        .decoderLayerSizes(hidden)
                        .activation(Activation.TANH)
                        .pzxActivationFunction(Activation.IDENTITY)
                        // the sum, not the mean, of squares: else the code's prior outweighs the reconstruction
                        .lossFunction(Activation.IDENTITY, LossFunctions.LossFunction.L2)
                        .build())
                .build();
    }

    @Override
    public double[] quantiles(float[][] rows) {
        double[] quantiles = new double[rows.length];
        if (rows.length > 0) {
            double[] scores = scores(standardisation.apply(rows));
            for (int row = 0; row < rows.length; row++) {
                quantiles[row] = (double) fittedBelow(scores[row]) / fittedScores.length;
            }
        }
        return quantiles;
    }

    /** Squared reconstruction errors of standardised rows. */
    private synchronized double[] scores(float[][] standardised) {
        // the layer keeps its input while it works, hence synchronized
        VariationalAutoencoder layer = (VariationalAutoencoder) network.getLayer(0);
        try (INDArray features = Nd4j.createFromArray(standardised);
                INDArray errors = layer.reconstructionError(features)) {
            return errors.ravel().toDoubleVector();
        }
    }

    private int fittedBelow(double score) {
        int below = 0;
        while (below < fittedScores.length && fittedScores[below] < score) {
            below++;
        }
        return below;
    }
}
