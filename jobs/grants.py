"""What the application role may change in the table of jobs."""

from audit import grants

grants.register("jobs_job", update=True)
