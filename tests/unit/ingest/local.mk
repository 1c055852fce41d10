# cmocka tests of src/ingest: UNIT_TESTS += and INGEST_LINK
