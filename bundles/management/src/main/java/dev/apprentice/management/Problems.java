package dev.apprentice.management;

import dev.apprentice.http.HttpException;
import dev.apprentice.http.Routes.Handler;
import dev.apprentice.learning.LearningException;
import dev.apprentice.market.MarketException;
import dev.apprentice.model.ModelException;
import dev.apprentice.skills.SkillException;
import java.util.Locale;

/** Tells refusals of skills, marketplaces and learning as HTTP errors: 400 what the model cannot do, 404 what is not there, 409 busy, 422 refused, 500 failed. */
public final class Problems {
    private Problems() {}

    /** The handler, with the refusals it throws translated. */
    public static Handler told(Handler handler) {
        return exchange -> {
            try {
                handler.handle(exchange);
            } catch (SkillException e) {
                throw asHttp(e);
            } catch (MarketException e) {
                throw asHttp(e);
            } catch (LearningException e) {
                throw error(status(e.code()), e.code(), e);
            } catch (ModelException e) {
                throw error(400, e.code(), e);
            }
        };
    }

    public static HttpException asHttp(SkillException refusal) {
        int status = switch (refusal.code()) {
            case NOT_FOUND -> 404;
            case FAILED -> 500;
            case SIGNATURE, ARCHIVE, ADMISSION, CONSENT, INCOMPATIBLE, VERSION, REVOKED, PROBE -> 422;
        };
        return error(status, refusal.code(), refusal);
    }

    public static HttpException asHttp(MarketException refusal) {
        int status = switch (refusal.code()) {
            case BAD_REQUEST -> 400;
            case NOT_FOUND -> 404;
            case AMBIGUOUS -> 409;
            case REFUSED, UNTRUSTED, INCOMPATIBLE, REVOKED -> 422;
            case UNREACHABLE -> 502;
            case FAILED -> 500;
        };
        return error(status, refusal.code(), refusal);
    }

    private static int status(LearningException.Code code) {
        return switch (code) {
            case NOT_FOUND -> 404;
            case BUSY -> 409;
            case REFUSED, NOTHING_TO_DO -> 422;
            case FAILED -> 500;
        };
    }

    private static HttpException error(int status, Enum<?> code, RuntimeException cause) {
        HttpException error =
                new HttpException(status, code.name().toLowerCase(Locale.ROOT), String.valueOf(cause.getMessage()));
        error.initCause(cause);
        return error;
    }
}
