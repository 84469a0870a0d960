;; Colour distortions of pixels whose channels are shares, float32, from `at` to before `end`: in float64, rounded when a
;; distortion is done, as the language itself computes. Two pixels at a time, or four numbers, so up to 24 bytes behind
;; the last one are read and written.
(module
  (memory (export "memory") 1)

  ;; What each byte at `source` is of 255.
  (func (export "fromBytes") (param $source i32) (param $at i32) (param $end i32)
    (loop $four
      (v128.store
        (local.get $at)
        (f32x4.div
          (f32x4.convert_i32x4_u
            (i32x4.extend_low_i16x8_u (i16x8.extend_low_i8x16_u (v128.load32_zero (local.get $source)))))
          (v128.const f32x4 255 255 255 255)))
      (local.set $source (i32.add (local.get $source) (i32.const 4)))
      (br_if $four (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 16))) (local.get $end)))))

  ;; Rounded to the nearest of 255 shares, a half up, and held between 0 and 255.
  (func (export "toBytes") (param $at i32) (param $end i32) (param $target i32)
    (local $low v128) (local $high v128)
    (loop $four
      (local.set $low (f64x2.promote_low_f32x4 (v128.load (local.get $at))))
      (local.set $high (f64x2.promote_low_f32x4 (v128.load64_zero offset=8 (local.get $at))))
      (local.set $low
        (i32x4.trunc_sat_f64x2_s_zero
          (f64x2.add
            (f64x2.mul (local.get $low) (v128.const f64x2 255 255))
            (v128.const f64x2 0.5 0.5))))
      (local.set $high
        (i32x4.trunc_sat_f64x2_s_zero
          (f64x2.add
            (f64x2.mul (local.get $high) (v128.const f64x2 255 255))
            (v128.const f64x2 0.5 0.5))))
      (local.set $low
        (i8x16.shuffle 0 1 2 3 4 5 6 7 16 17 18 19 20 21 22 23 (local.get $low) (local.get $high)))
      (local.set $low (i16x8.narrow_i32x4_s (local.get $low) (local.get $low)))
      (v128.store32_lane 0 (local.get $target) (i8x16.narrow_i16x8_u (local.get $low) (local.get $low)))
      (local.set $target (i32.add (local.get $target) (i32.const 4)))
      (br_if $four (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 16))) (local.get $end)))))

  (func (export "addBrightness") (param $at i32) (param $end i32) (param $delta f64)
    (local $low v128) (local $high v128)
    (loop $four
      (local.set $low (f64x2.promote_low_f32x4 (v128.load (local.get $at))))
      (local.set $high (f64x2.promote_low_f32x4 (v128.load64_zero offset=8 (local.get $at))))
      (local.set $low (f32x4.demote_f64x2_zero (f64x2.add (local.get $low) (f64x2.splat (local.get $delta)))))
      (local.set $high (f32x4.demote_f64x2_zero (f64x2.add (local.get $high) (f64x2.splat (local.get $delta)))))
      (v128.store
        (local.get $at)
        (i8x16.shuffle 0 1 2 3 4 5 6 7 16 17 18 19 20 21 22 23 (local.get $low) (local.get $high)))
      (br_if $four (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 16))) (local.get $end)))))

  ;; HSV saturation times `factor`, at most 1; the largest channel (HSV's value) stays.
  (func (export "scaleSaturation") (param $at i32) (param $end i32) (param $factor f64)
    (local $a v128) (local $b v128) (local $c v128) (local $red v128) (local $green v128) (local $blue v128)
    (local $value v128) (local $range v128) (local $scale v128)
    (loop $pair
      (local.set $a (v128.load (local.get $at)))
      (local.set $b (v128.load offset=8 (local.get $at)))
      (local.set $red
        (f64x2.promote_low_f32x4
          (i8x16.shuffle 0 1 2 3 12 13 14 15 0 1 2 3 0 1 2 3 (local.get $a) (local.get $a))))
      (local.set $green
        (f64x2.promote_low_f32x4
          (i8x16.shuffle 4 5 6 7 24 25 26 27 0 1 2 3 0 1 2 3 (local.get $a) (local.get $b))))
      (local.set $blue
        (f64x2.promote_low_f32x4
          (i8x16.shuffle 8 9 10 11 28 29 30 31 0 1 2 3 0 1 2 3 (local.get $a) (local.get $b))))
      (local.set $value (f64x2.pmax (f64x2.pmax (local.get $red) (local.get $green)) (local.get $blue)))
      (local.set $range
        (f64x2.sub
          (local.get $value)
          (f64x2.pmin (f64x2.pmin (local.get $red) (local.get $green)) (local.get $blue))))
      (local.set $range
        (v128.and
          (f64x2.div (local.get $range) (local.get $value))
          (f64x2.gt (local.get $value) (v128.const f64x2 0 0))))
      (local.set $scale
        (v128.and
          (f64x2.div
            (f64x2.pmin
              (v128.const f64x2 1 1)
              (f64x2.mul (local.get $range) (f64x2.splat (local.get $factor))))
            (local.get $range))
          (f64x2.gt (local.get $range) (v128.const f64x2 0 0))))
      (local.set $red
        (f64x2.sub
          (local.get $value)
          (f64x2.mul (f64x2.sub (local.get $value) (local.get $red)) (local.get $scale))))
      (local.set $green
        (f64x2.sub
          (local.get $value)
          (f64x2.mul (f64x2.sub (local.get $value) (local.get $green)) (local.get $scale))))
      (local.set $blue
        (f64x2.sub
          (local.get $value)
          (f64x2.mul (f64x2.sub (local.get $value) (local.get $blue)) (local.get $scale))))
      (local.set $a (f32x4.demote_f64x2_zero (local.get $red)))
      (local.set $b (f32x4.demote_f64x2_zero (local.get $green)))
      (local.set $c (f32x4.demote_f64x2_zero (local.get $blue)))
      (v128.store
        (local.get $at)
        (i8x16.shuffle 0 1 2 3 4 5 6 7 16 17 18 19 12 13 14 15
          (i8x16.shuffle 0 1 2 3 16 17 18 19 0 1 2 3 4 5 6 7 (local.get $a) (local.get $b))
          (local.get $c)))
      (v128.store64_lane offset=16 0
        (local.get $at)
        (i8x16.shuffle 4 5 6 7 20 21 22 23 0 1 2 3 0 1 2 3 (local.get $b) (local.get $c)))
      (br_if $pair (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 24))) (local.get $end)))))

  ;; HSV hue turned by so many `sixths` of the circle, two at the most either way; value and range of the channels stay.
  (func (export "turnHue") (param $at i32) (param $end i32) (param $sixths f64)
    (local $a v128) (local $b v128) (local $c v128) (local $red v128) (local $green v128) (local $blue v128)
    (local $value v128) (local $range v128) (local $turned v128) (local $k v128)
    (loop $pair
      (local.set $a (v128.load (local.get $at)))
      (local.set $b (v128.load offset=8 (local.get $at)))
      (local.set $red
        (f64x2.promote_low_f32x4
          (i8x16.shuffle 0 1 2 3 12 13 14 15 0 1 2 3 0 1 2 3 (local.get $a) (local.get $a))))
      (local.set $green
        (f64x2.promote_low_f32x4
          (i8x16.shuffle 4 5 6 7 24 25 26 27 0 1 2 3 0 1 2 3 (local.get $a) (local.get $b))))
      (local.set $blue
        (f64x2.promote_low_f32x4
          (i8x16.shuffle 8 9 10 11 28 29 30 31 0 1 2 3 0 1 2 3 (local.get $a) (local.get $b))))
      (local.set $value (f64x2.pmax (f64x2.pmax (local.get $red) (local.get $green)) (local.get $blue)))
      (local.set $range
        (f64x2.sub
          (local.get $value)
          (f64x2.pmin (f64x2.pmin (local.get $red) (local.get $green)) (local.get $blue))))
      (local.set $a (f64x2.eq (local.get $value) (local.get $red)))
      (local.set $b (f64x2.eq (local.get $value) (local.get $green)))
      (local.set $turned
        (f64x2.add
          (v128.andnot (v128.bitselect (v128.const f64x2 2 2) (v128.const f64x2 4 4) (local.get $b)) (local.get $a))
          (v128.and
            (f64x2.div
              (v128.bitselect
                (f64x2.sub (local.get $green) (local.get $blue))
                (v128.bitselect
                  (f64x2.sub (local.get $blue) (local.get $red))
                  (f64x2.sub (local.get $red) (local.get $green))
                  (local.get $b))
                (local.get $a))
              (local.get $range))
            (f64x2.gt (local.get $range) (v128.const f64x2 0 0)))))
      (local.set $turned (f64x2.add (local.get $turned) (f64x2.splat (local.get $sixths))))
      (local.set $k (f64x2.add (local.get $turned) (v128.const f64x2 5 5)))
      (local.set $k
        (f64x2.add
          (f64x2.sub
            (local.get $k)
            (v128.and (f64x2.ge (local.get $k) (v128.const f64x2 6 6)) (v128.const f64x2 6 6)))
          (v128.const f64x2 6 6)))
      (local.set $k
        (f64x2.sub
          (local.get $k)
          (v128.and (f64x2.ge (local.get $k) (v128.const f64x2 6 6)) (v128.const f64x2 6 6))))
      (local.set $red
        (f64x2.sub
          (local.get $value)
          (f64x2.mul
            (local.get $range)
            (f64x2.pmax
              (v128.const f64x2 0 0)
              (f64x2.pmin
                (f64x2.pmin (local.get $k) (f64x2.sub (v128.const f64x2 4 4) (local.get $k)))
                (v128.const f64x2 1 1))))))
      (local.set $k (f64x2.add (local.get $turned) (v128.const f64x2 3 3)))
      (local.set $k
        (f64x2.add
          (f64x2.sub
            (local.get $k)
            (v128.and (f64x2.ge (local.get $k) (v128.const f64x2 6 6)) (v128.const f64x2 6 6)))
          (v128.const f64x2 6 6)))
      (local.set $k
        (f64x2.sub
          (local.get $k)
          (v128.and (f64x2.ge (local.get $k) (v128.const f64x2 6 6)) (v128.const f64x2 6 6))))
      (local.set $green
        (f64x2.sub
          (local.get $value)
          (f64x2.mul
            (local.get $range)
            (f64x2.pmax
              (v128.const f64x2 0 0)
              (f64x2.pmin
                (f64x2.pmin (local.get $k) (f64x2.sub (v128.const f64x2 4 4) (local.get $k)))
                (v128.const f64x2 1 1))))))
      (local.set $k (f64x2.add (local.get $turned) (v128.const f64x2 1 1)))
      (local.set $k
        (f64x2.add
          (f64x2.sub
            (local.get $k)
            (v128.and (f64x2.ge (local.get $k) (v128.const f64x2 6 6)) (v128.const f64x2 6 6)))
          (v128.const f64x2 6 6)))
      (local.set $k
        (f64x2.sub
          (local.get $k)
          (v128.and (f64x2.ge (local.get $k) (v128.const f64x2 6 6)) (v128.const f64x2 6 6))))
      (local.set $blue
        (f64x2.sub
          (local.get $value)
          (f64x2.mul
            (local.get $range)
            (f64x2.pmax
              (v128.const f64x2 0 0)
              (f64x2.pmin
                (f64x2.pmin (local.get $k) (f64x2.sub (v128.const f64x2 4 4) (local.get $k)))
                (v128.const f64x2 1 1))))))
      (local.set $a (f32x4.demote_f64x2_zero (local.get $red)))
      (local.set $b (f32x4.demote_f64x2_zero (local.get $green)))
      (local.set $c (f32x4.demote_f64x2_zero (local.get $blue)))
      (v128.store
        (local.get $at)
        (i8x16.shuffle 0 1 2 3 4 5 6 7 16 17 18 19 12 13 14 15
          (i8x16.shuffle 0 1 2 3 16 17 18 19 0 1 2 3 4 5 6 7 (local.get $a) (local.get $b))
          (local.get $c)))
      (v128.store64_lane offset=16 0
        (local.get $at)
        (i8x16.shuffle 4 5 6 7 20 21 22 23 0 1 2 3 0 1 2 3 (local.get $b) (local.get $c)))
      (br_if $pair (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 24))) (local.get $end)))))

  ;; One channel's, of every third number.
  (func (export "sum") (param $at i32) (param $end i32) (result f64)
    (local $sum f64)
    (loop $pixel
      (local.set $sum (f64.add (local.get $sum) (f64.promote_f32 (f32.load (local.get $at)))))
      (br_if $pixel (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 12))) (local.get $end))))
    (local.get $sum))

  ;; Distance from each channel's mean times `factor`.
  (func (export "scaleContrast")
    (param $at i32) (param $end i32) (param $factor f64)
    (param $mean_red f64) (param $mean_green f64) (param $mean_blue f64)
    (local $a v128) (local $b v128) (local $c v128) (local $red v128) (local $green v128) (local $blue v128)
    (loop $pair
      (local.set $a (v128.load (local.get $at)))
      (local.set $b (v128.load offset=8 (local.get $at)))
      (local.set $red
        (f64x2.promote_low_f32x4
          (i8x16.shuffle 0 1 2 3 12 13 14 15 0 1 2 3 0 1 2 3 (local.get $a) (local.get $a))))
      (local.set $green
        (f64x2.promote_low_f32x4
          (i8x16.shuffle 4 5 6 7 24 25 26 27 0 1 2 3 0 1 2 3 (local.get $a) (local.get $b))))
      (local.set $blue
        (f64x2.promote_low_f32x4
          (i8x16.shuffle 8 9 10 11 28 29 30 31 0 1 2 3 0 1 2 3 (local.get $a) (local.get $b))))
      (local.set $red
        (f64x2.add
          (f64x2.mul
            (f64x2.sub (local.get $red) (f64x2.splat (local.get $mean_red)))
            (f64x2.splat (local.get $factor)))
          (f64x2.splat (local.get $mean_red))))
      (local.set $green
        (f64x2.add
          (f64x2.mul
            (f64x2.sub (local.get $green) (f64x2.splat (local.get $mean_green)))
            (f64x2.splat (local.get $factor)))
          (f64x2.splat (local.get $mean_green))))
      (local.set $blue
        (f64x2.add
          (f64x2.mul
            (f64x2.sub (local.get $blue) (f64x2.splat (local.get $mean_blue)))
            (f64x2.splat (local.get $factor)))
          (f64x2.splat (local.get $mean_blue))))
      (local.set $a (f32x4.demote_f64x2_zero (local.get $red)))
      (local.set $b (f32x4.demote_f64x2_zero (local.get $green)))
      (local.set $c (f32x4.demote_f64x2_zero (local.get $blue)))
      (v128.store
        (local.get $at)
        (i8x16.shuffle 0 1 2 3 4 5 6 7 16 17 18 19 12 13 14 15
          (i8x16.shuffle 0 1 2 3 16 17 18 19 0 1 2 3 4 5 6 7 (local.get $a) (local.get $b))
          (local.get $c)))
      (v128.store64_lane offset=16 0
        (local.get $at)
        (i8x16.shuffle 4 5 6 7 20 21 22 23 0 1 2 3 0 1 2 3 (local.get $b) (local.get $c)))
      (br_if $pair (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 24))) (local.get $end))))))
