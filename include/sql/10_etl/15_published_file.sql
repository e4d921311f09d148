/*
Purpose: the files that a batch was published from. etl.manifest does not keep them, because a repeated run registers
         other files in the same batch and landing folder; if that run fails, gold still shows the earlier files.
         etl.publish writes the rows in its transaction. etl.register_landing compares a drop with them, and
         etl.withdraw_batch a landing folder. etl.purge_history does not delete them.
Grain:   published batch and source table. The last publication of a batch counts.
Columns: batch_id      published batch
         source_table  table that the file belongs to
         sha256        SHA-256 of the file, in hexadecimal
*/
IF OBJECT_ID(N'etl.published_file', N'U') IS NULL
    CREATE TABLE etl.published_file
    (
        batch_id INT NOT NULL,
        source_table NVARCHAR(50) NOT NULL,
        sha256 NVARCHAR(64) NOT NULL,
        CONSTRAINT pk_published_file PRIMARY KEY (batch_id, source_table)
    );
GO
