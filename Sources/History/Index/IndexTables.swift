/// The tables of the index, as SQL.
enum IndexTables {
    /// Makes all of them; those of the text are filled by the first search.
    static let creation = runs + text

    /// Takes all of them away.
    static let removal = """
        DROP TABLE IF EXISTS words; DROP TABLE IF EXISTS text;
        DROP TABLE IF EXISTS run; DROP TABLE IF EXISTS month;
        """

    private static let runs = """
        CREATE TABLE month (
            id INTEGER PRIMARY KEY,
            name TEXT NOT NULL UNIQUE,
            -- When the folder changed last, as far as the rows know; 0 if it has to be read again.
            modified INTEGER NOT NULL
        ) STRICT;
        CREATE TABLE run (
            id INTEGER PRIMARY KEY,
            run TEXT NOT NULL, month INTEGER NOT NULL,
            inode INTEGER NOT NULL, size INTEGER NOT NULL, modified INTEGER NOT NULL,
            started INTEGER NOT NULL, app TEXT NOT NULL, dep TEXT NOT NULL, task TEXT,
            user TEXT NOT NULL, user_host TEXT NOT NULL, host TEXT NOT NULL,
            command TEXT NOT NULL, title TEXT NOT NULL,
            state INTEGER NOT NULL, reason TEXT, status INTEGER, end TEXT,
            duration INTEGER, lost INTEGER NOT NULL, steps TEXT NOT NULL,
            detached INTEGER NOT NULL, pinned INTEGER NOT NULL,
            UNIQUE (run, month)
        ) STRICT;
        CREATE INDEX run_of_month ON run (month);
        CREATE INDEX run_of_app ON run (app, dep, run);
        CREATE INDEX run_of_task ON run (task, run);
        CREATE INDEX run_of_user ON run (user, run);
        CREATE INDEX run_without_end ON run (state, run) WHERE state <> 0;
        CREATE INDEX run_that_failed ON run (run) WHERE status <> 0;
        CREATE INDEX run_of_release ON run (run) WHERE steps <> '';
        CREATE INDEX run_of_job ON run (run) WHERE detached = 1;

        """

    /// The text of runs, and the trigrams in it.
    ///
    /// Without positions (`detail=none`) the trigrams take a fifth of the room; what they find is
    /// looked at in the text anyway, so that they need not say where it is.
    private static let text = """
        CREATE TABLE text (
            id INTEGER PRIMARY KEY REFERENCES run (id) ON DELETE CASCADE,
            body TEXT NOT NULL, marks BLOB NOT NULL
        ) STRICT;
        CREATE VIRTUAL TABLE words USING fts5 (
            body, content='text', content_rowid='id', tokenize='trigram', detail='none',
            columnsize=0
        );
        CREATE TRIGGER text_came AFTER INSERT ON text BEGIN
            INSERT INTO words (rowid, body) VALUES (new.id, new.body);
        END;
        CREATE TRIGGER text_went AFTER DELETE ON text BEGIN
            INSERT INTO words (words, rowid, body) VALUES ('delete', old.id, old.body);
        END;
        """
}
