package dev.apprentice.market.internal;

import dev.apprentice.store.AuditEvent;
import dev.apprentice.store.Store;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Which marketplaces there are, in SQLite. */
final class MarketTable {
    private static final String ROOM = "market";
    private static final List<String> SCHEMA = List.of("""
            CREATE TABLE marketplace (
              name TEXT PRIMARY KEY, addresses TEXT NOT NULL, introduces INTEGER NOT NULL, refreshed INTEGER,
              problem TEXT NOT NULL) STRICT
            """);

    private final Store store;

    MarketTable(Store store) {
        this.store = store;
        store.migrate(ROOM, SCHEMA);
    }

    /**
     * One marketplace.
     *
     * @param problem of the last refresh; empty if it went well
     */
    record Row(
            String name,
            List<String> addresses,
            boolean introduces,
            @Nullable Instant refreshed,
            String problem) {}

    List<Row> all() {
        return store.read(connection -> {
            try (PreparedStatement query = connection.prepareStatement("SELECT * FROM marketplace ORDER BY name");
                    ResultSet row = query.executeQuery()) {
                List<Row> rows = new ArrayList<>();
                while (row.next()) {
                    long refreshed = row.getLong("refreshed");
                    rows.add(new Row(
                            row.getString("name"),
                            List.of(row.getString("addresses").split("\n")),
                            row.getInt("introduces") != 0,
                            refreshed == 0 ? null : Instant.ofEpochMilli(refreshed),
                            row.getString("problem")));
                }
                return rows;
            }
        });
    }

    /** Adds a marketplace that was just refreshed. */
    void add(Row row, String detail) {
        store.inTransaction(connection -> {
            update(
                    connection,
                    "INSERT INTO marketplace VALUES (?, ?, ?, ?, '')",
                    row.name(),
                    String.join("\n", row.addresses()),
                    row.introduces() ? 1 : 0,
                    row.refreshed() == null ? null : row.refreshed().toEpochMilli());
            store.audit().append(AuditEvent.MARKETPLACE_ADDED, row.name(), detail);
            return row;
        });
    }

    void remove(String name) {
        store.inTransaction(connection -> {
            update(connection, "DELETE FROM marketplace WHERE name = ?", name);
            store.audit()
                    .append(AuditEvent.MARKETPLACE_REMOVED, name, "its metadata and its revocations are forgotten");
            return name;
        });
    }

    void refreshed(String name, Instant time) {
        store.inTransaction(connection -> {
            String sql = "UPDATE marketplace SET refreshed = ?, problem = '' WHERE name = ?";
            update(connection, sql, time.toEpochMilli(), name);
            return name;
        });
    }

    void failed(String name, String problem) {
        store.inTransaction(connection -> {
            update(connection, "UPDATE marketplace SET problem = ? WHERE name = ?", problem, name);
            return name;
        });
    }

    private static void update(Connection connection, String sql, @Nullable Object... values) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                statement.setObject(i + 1, values[i]);
            }
            statement.executeUpdate();
        }
    }
}
