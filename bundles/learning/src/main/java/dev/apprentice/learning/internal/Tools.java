package dev.apprentice.learning.internal;

import dev.apprentice.compute.Kernels;
import dev.apprentice.compute.LearningAlgebra;
import dev.apprentice.model.LanguageModel;
import dev.apprentice.model.ReferenceTexts;
import dev.apprentice.store.Store;

/** What learning works with. */
record Tools(LanguageModel model, ReferenceTexts texts, LearningAlgebra algebra, Kernels kernels, Store store) {}
