-- What the two roles may do in the database `chartroom`; run there by a superuser.
-- chartroom_owner owns the database and its tables and runs `migrate`;
-- chartroom_app is the role of web, worker, beat and shell, and owns nothing.
REVOKE ALL ON SCHEMA public FROM PUBLIC;
ALTER SCHEMA public OWNER TO chartroom_owner;
GRANT USAGE ON SCHEMA public TO chartroom_app;
ALTER DEFAULT PRIVILEGES FOR ROLE chartroom_owner IN SCHEMA public
    GRANT SELECT, INSERT ON TABLES TO chartroom_app;
ALTER DEFAULT PRIVILEGES FOR ROLE chartroom_owner IN SCHEMA public
    GRANT USAGE, SELECT ON SEQUENCES TO chartroom_app;
