"""A drawing that is made once and saved in several formats: the strokes of a figure, recorded and played again."""

from functools import cache
from typing import Any

from matplotlib.artist import Artist
from matplotlib.backend_bases import GraphicsContextBase, RendererBase
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.transforms import Affine2D, Bbox, Transform, TransformedBbox, TransformedPath


def record(figure: Figure, above: float = 0.0) -> Figure:
    """A figure that looks the same, ``above`` inches higher, and is quick to save: an artist plays the other's strokes.

    Artists find their places and strokes anew whenever they are drawn, which takes longer than most strokes. What
    Agg does at the resolution of ``figure`` is done in all formats: lengths of letters, marks on whole pixels, images.
    """
    recorder = _Recorder(figure)
    figure.draw(recorder)
    drawn = Figure((figure.get_figwidth(), figure.get_figheight() + above), dpi=figure.dpi, frameon=above > 0)
    drawn.set_layout_engine("none")
    drawn.add_artist(_Recording(recorder))
    return drawn


class _Recorder(RendererBase):
    """Keeps the strokes of a figure, in pixels from its lower left corner."""

    def __init__(self, figure: Figure) -> None:
        super().__init__()
        self.strokes: list[tuple[str, GraphicsContextBase | None, tuple[Any, ...], dict[str, Any]]] = []
        self.agg = FigureCanvasAgg(figure).get_renderer()

    def get_canvas_width_height(self) -> tuple[float, float]:
        return self.agg.get_canvas_width_height()

    def get_text_width_height_descent(self, *arguments: Any, **named: Any) -> tuple[float, float, float]:
        return self.agg.get_text_width_height_descent(*arguments, **named)

    def points_to_pixels(self, points: Any) -> Any:
        return self.agg.points_to_pixels(points)

    def flipy(self) -> bool:
        return False

    def draw_path(self, *arguments: Any, **named: Any) -> None:
        self._keep("draw_path", *arguments, **named)

    def draw_markers(self, *arguments: Any, **named: Any) -> None:
        self._keep("draw_markers", *arguments, **named)

    def draw_path_collection(self, *arguments: Any, **named: Any) -> None:
        self._keep("draw_path_collection", *arguments, **named)

    def draw_quad_mesh(self, *arguments: Any, **named: Any) -> None:
        self._keep("draw_quad_mesh", *arguments, **named)

    def draw_image(self, *arguments: Any, **named: Any) -> None:
        self._keep("draw_image", *arguments, **named)

    def draw_text(self, *arguments: Any, mtext: Artist | None = None, **named: Any) -> None:
        # Without its artist, by which SVG would place it anew, in other pixels.
        self._keep("draw_text", *arguments, **named)

    def open_group(self, *arguments: Any, **named: Any) -> None:
        self._keep("open_group", None, *arguments, **named)

    def close_group(self, *arguments: Any, **named: Any) -> None:
        self._keep("close_group", None, *arguments, **named)

    def start_rasterizing(self) -> None:
        self._keep("start_rasterizing", None)

    def stop_rasterizing(self) -> None:
        self._keep("stop_rasterizing", None)

    def _keep(self, name: str, gc: GraphicsContextBase | None, *arguments: Any, **named: Any) -> None:
        # Artists change both afterwards.
        fixed = tuple(value.frozen() if isinstance(value, Transform) else value for value in arguments)
        self.strokes.append((name, gc and _copied(gc, self), fixed, named))


class _Recording(Artist):
    """Plays strokes on any renderer, in its own pixels."""

    def __init__(self, recorder: _Recorder) -> None:
        super().__init__()
        self.strokes = recorder.strokes
        self.width, _ = recorder.get_canvas_width_height()
        # A renderer writes a clip that it has set already only once, and knows it by its identity.
        self._rectangle, self._area = cache(_scaled_rectangle), cache(_scaled_area)

    def draw(self, renderer: RendererBase) -> None:
        for name, gc, arguments, named in self.strokes:
            play = getattr(renderer, name)
            if gc is None:
                play(*arguments, **named)
                continue
            # Other pixels where a part of a PDF is rasterized.
            width, height = renderer.get_canvas_width_height()
            factor = width / self.width
            scale = Affine2D().scale(factor)
            own = _copied(gc, renderer)
            if own._cliprect is not None:
                own.set_clip_rectangle(self._rectangle(own._cliprect, factor))
            if own._clippath is not None:
                own.set_clip_path(self._area(own._clippath, factor))
            if name in ("draw_text", "draw_image"):
                x, y, *rest = arguments
                x, y = x * factor, y * factor
                play(own, x, height - y if name == "draw_text" and renderer.flipy() else y, *rest, **named)
            else:
                play(own, *(value + scale if isinstance(value, Transform) else value for value in arguments), **named)
            own.restore()


def _copied(gc: GraphicsContextBase, renderer: RendererBase) -> Any:
    own = renderer.new_gc()
    own.copy_properties(gc)
    return own


def _scaled_rectangle(clip: Bbox, factor: float) -> TransformedBbox:
    return TransformedBbox(clip, Affine2D().scale(factor))


def _scaled_area(clip: TransformedPath, factor: float) -> TransformedPath:
    path, affine = clip.get_transformed_path_and_affine()
    return TransformedPath(path, affine + Affine2D().scale(factor))
