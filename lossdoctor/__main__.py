"""`python -m lossdoctor` is the same program as the `lossdoctor` command."""

from lossdoctor.cli.main import main

if __name__ == "__main__":
    main()
