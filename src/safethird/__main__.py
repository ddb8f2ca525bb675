"""`python -m safethird`, for machines that do not start the installed script."""

from safethird.cli.main import main

if __name__ == "__main__":
    main()
