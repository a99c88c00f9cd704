"""`python -m tensorop_gen` is `tensorop-gen`."""

from tensorop_gen.cli import main

if __name__ == "__main__":
    main()
